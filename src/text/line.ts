/** A sentence and its level in the task log. */
export interface Line {
  readonly level: "verbose" | "info" | "highlight" | "wait" | "warning" | "error";
  readonly text: string;
}
