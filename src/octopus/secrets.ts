/** Takes secrets out of text somebody else wrote: a server may repeat what it was sent. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter(isLongEnough).reduce((hidden, secret) => hidden.replaceAll(secret, "********"), text);
}

/** A shorter one would not be a credential, and hiding it would tear up ordinary words. */
function isLongEnough(secret: string): boolean {
  return secret.length >= 6;
}
