/** Most bytes of an answer after decompression. A page of a thousand deployments has about two million. */
export const largestAnswer = 32 * 1024 * 1024;

/** Most levels of arrays and objects in an answer. The deepest answer that Octopus sends is the log of a task, which has fewer than twenty. */
const deepestAnswer = 200;

/** Whether a JSON text is nested so deeply that reading it could overflow the stack. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < json.length; index++) {
    const character = json[index];
    if (isInText && character === "\\") index++;
    else if (character === '"') isInText = !isInText;
    else if (!isInText) depth += change(character);
    if (depth > deepestAnswer) return true;
  }
  return false;
}

function change(character: string | undefined): number {
  if (character === "{" || character === "[") return 1;
  return character === "}" || character === "]" ? -1 : 0;
}
