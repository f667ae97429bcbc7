/**
 * The bytes a text stands for. Every two of its signs are a number of 13 bits to the base of 91, the lower digit first; the digits are the
 * ASCII signs from `$` to `~`, with `!` in the place of the backslash.
 */
function fromBase91(text) {
  const digit = (sign) => (sign === "!" ? 92 : sign.charCodeAt(0)) - 36;
  const bytes = [];
  let bits = 0;
  let count = 0;
  for (const [low, high] of text.match(/\S\S/g)) {
    bits |= (digit(low) + 91 * digit(high)) << count;
    for (count += 13; count >= 8; count -= 8) {
      bytes.push(bits & 255);
      bits >>= 8;
    }
  }
  return Buffer.from(bytes);
}

module.exports = { fromBase91 };
