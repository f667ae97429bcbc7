/**
 * Foreign text made harmless: nothing in it is read as a service message, and each line ends as Octopus expects. Octopus looks for messages
 * anywhere in a line, and text that only mentions one swallows what follows; a line that ends in `#` swallows the message in the next one. Colours and control characters mean nothing in a task log.
 */
export function sanitizeLogText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\t\n])\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, "")
    .replace(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/##(octopus)/gi, "## $1")
    .replace(/#$/gm, "# ");
}
