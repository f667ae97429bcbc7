/**
 * Foreign text in which Octopus sees no service message. Octopus looks for messages anywhere in a line, text that only mentions a message hides
 * the text behind it, and a line that ends in `#` hides the message in the next line. Control characters and colours are removed.
 */
export function sanitizeLogText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\t\n])\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, "")
    .replace(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/##(octopus)/gi, "## $1")
    .replace(/#$/gm, "# ");
}
