// A block copied from a spreadsheet: tab-separated, a cell with line breaks or tabs inside stands between quotes.

/** « a⇥b⏎c⇥d⏎ » → [["a", "b"], ["c", "d"]] */
export function parseBlock(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at];
    if (quoted && letter === '"' && source[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"' && (quoted || cell === "")) {
      quoted = !quoted;
    } else if (!quoted && (letter === "\t" || letter === "\n")) {
      rows.at(-1).push(cell);
      cell = "";
      if (letter === "\n") rows.push([]);
    } else {
      cell += letter;
    }
  }
  rows.at(-1).push(cell);
  return rows;
}
