/**
 * The digits of Z85 (ZeroMQ RFC 32), which writes four bytes in five characters where base64 takes five and a third. `~` stands for
 * `#`, because Octopus would take `#` in front of a brace for a variable. No digit has to be escaped in JSON, or in single quotes of Bash.
 */
export const z85Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$~";

/** One digit, for a regular expression. */
export const z85Digit = "[0-9a-zA-Z.:+=^!/*?&<>()[\\]{}@%$~-]";

/** The bytes in Z85. Up to three zeros are added, to make whole groups of four. */
export function toZ85(bytes: Buffer): string {
  const whole = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  let text = "";
  for (let start = 0; start < whole.length; start += 4) {
    let value = whole.readUInt32BE(start);
    let group = "";
    for (let digit = 0; digit < 5; digit++) {
      group = `${z85Digits[value % 85]}${group}`;
      value = Math.floor(value / 85);
    }
    text += group;
  }
  return text;
}

/** The bytes of a text in Z85; line breaks are ignored. Throws a `RangeError` if the text is not Z85. */
export function fromZ85(text: string): Buffer {
  const digits = text.replace(/\n/g, "");
  const bytes = Buffer.alloc((digits.length * 4) / 5);
  for (let start = 0; start < digits.length; start += 5) {
    let value = 0;
    for (const digit of digits.slice(start, start + 5)) value = value * 85 + z85Digits.indexOf(digit);
    bytes.writeUInt32BE(value, (start * 4) / 5);
  }
  return bytes;
}
