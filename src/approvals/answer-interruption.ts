import { isRefusal, UnknownWriteError } from "../errors.ts";
import type { Interruption } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";

export type InterruptionGateway = Pick<SpaceGateway, "interruption" | "takeResponsibility" | "submitInterruption">;

export type Answered =
  | { readonly kind: "submitted" }
  /** Another user was faster, it was answered with a linked one, or its task ended: nothing was submitted. */
  | { readonly kind: "gone" }
  /** It still waits. The refusal is one or more whole sentences. */
  | { readonly kind: "refused"; readonly refusal: string };

/**
 * Takes responsibility for a pending interruption, unless the API user has it already, and submits the answer once. When the server
 * refuses, or when it is unknown whether the answer took effect, the interruption is read again, because an approver may have answered it
 * meanwhile.
 */
export async function answerInterruption(
  { id, hasResponsibility }: Interruption,
  values: Readonly<Record<string, string>>,
  space: InterruptionGateway,
): Promise<Answered> {
  try {
    if (!hasResponsibility) await space.takeResponsibility(id);
    await space.submitInterruption(id, values);
    return { kind: "submitted" };
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof UnknownWriteError)) throw error;
    const now = await space.interruption(id);
    if (now?.isPending === true) return { kind: "refused", refusal: `${error.message} ${error.remedy}` };
    const isOurs = error instanceof UnknownWriteError && now?.hasResponsibility === true;
    return isOurs ? { kind: "submitted" } : { kind: "gone" };
  }
}
