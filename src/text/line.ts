/** A sentence and how loudly it is said. */
export interface Line {
  readonly level: "verbose" | "info" | "highlight" | "wait" | "warning" | "error";
  readonly text: string;
}
