/** Rows as CSV (RFC 4180). What a spreadsheet would take for a formula is taken as text. */
export function csv(rows: (string | number)[][]): string {
  const cell = (value: string | number) =>
    `"${String(value).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Gives the browser a file to keep. */
export function download(name: string, text: string, type = "text/csv") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
