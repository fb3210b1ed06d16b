// JSON for reading: indented without being parsed and written again, which would change numbers and
// repeated keys.

export function indented(text) {
  if (text.includes("\n")) return text;
  let out = "", depth = 0, quoted = false;
  const line = () => `\n${"  ".repeat(Math.max(0, Math.min(depth, 40)))}`;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      out += character;
      if (character === "\\") { at += 1; out += text[at] ?? ""; }
      else if (character === "\"") quoted = false;
    } else if (character === "\"") { quoted = true; out += character; }
    else if ("{[".includes(character)) {
      if ("}]".includes(text[at + 1] ?? " ")) { out += character + text[at + 1]; at += 1; }
      else { depth += 1; out += character + line(); }
    } else if ("}]".includes(character)) { depth -= 1; out += line() + character; }
    else if (character === ",") out += `,${line()}`;
    else if (character === ":") out += ": ";
    else out += character;
  }
  return out;
}
