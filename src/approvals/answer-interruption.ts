import { isRefusal, UnknownWriteError } from "../errors.ts";
import type { Interruption } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";

export type InterruptionGateway = Pick<SpaceGateway, "interruption" | "takeResponsibility" | "submitInterruption">;

export type Answered =
  | { readonly kind: "submitted" }
  /** Nothing was submitted: another user was faster, a linked interruption was answered, or the task ended. */
  | { readonly kind: "gone" }
  /** The interruption is still pending. The refusal is one or more whole sentences. */
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
