import type { Core } from "../instance.ts";
import { numberOf } from "../state.ts";
import type { User } from "./configuration.ts";

export interface EventGiven {
  readonly category: string;
  readonly spaceId: string | null;
  /** The user who caused the event. Null: the server itself. */
  readonly user: User | null;
  readonly message: string;
  readonly relatedDocumentIds: readonly (string | null)[];
  /** Ids of documents, by the text in the message that names them. */
  readonly mentions?: Readonly<Record<string, string>>;
}

/** Adds an entry to the audit trail. */
export function recordEvent(core: Core, given: EventGiven): void {
  const id = core.state.nextId("Events");
  core.state.events.push({
    id,
    number: numberOf(id),
    spaceId: given.spaceId,
    category: given.category,
    userId: given.user?.id ?? "users-system",
    username: given.user?.username ?? "system",
    isService: given.user?.isService ?? false,
    occurred: core.timeline.now(),
    message: given.message,
    references: Object.entries(given.mentions ?? {})
      .map(([text, document]) => ({ id: document, start: given.message.indexOf(text), length: text.length }))
      .filter(({ start }) => start >= 0),
    relatedDocumentIds: given.relatedDocumentIds.filter((related) => related !== null),
    changeDetails: null,
  });
}
