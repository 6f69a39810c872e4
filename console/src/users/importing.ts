import { answer, api, type Schemas } from "../api/client";
import { words } from "../texts/import";

type Row = Schemas["ImportedRow"];

/** A file of people: its first line, and each row after it with the line that it begins on. */
export interface PeopleFile {
  head: string;
  rows: { line: number; text: string }[];
}

/** What it comes to, a row each; `problem` also for rows of which nothing is known. */
export interface Imported {
  line: number;
  address: string;
  outcome?: string;
  problem?: string;
}

/** The most rows of one request: as many as the server changes at once. */
export const most = 1000;
/** The most characters of one request; its body is bounded. */
const longest = 250_000;

/** Splits a CSV file into its rows (RFC 4180); what is between quotes may have several lines. The server reads them. */
export function splitRows(text: string): PeopleFile | undefined {
  const found: PeopleFile["rows"] = [];
  let [quoted, begin, line, begun] = [false, 0, 1, 1];
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    if (character !== undefined && (character !== "\n" || quoted)) {
      if (character === "\n") line++;
      continue;
    }
    const row = text.slice(begin, at).replace(/\r$/, "");
    if (row.trim()) found.push({ line: begun, text: row });
    [begin, line, begun] = [at + 1, line + 1, line + 1];
  }
  const [head, ...rows] = found;
  return head && rows.length > 0 ? { head: head.text, rows } : undefined;
}

/** Rows that fit into one request. */
function* pieces({ rows }: PeopleFile) {
  let [start, length] = [0, 0];
  for (const [at, row] of rows.entries()) {
    if (at > start && (at - start === most || length + row.text.length > longest)) {
      yield rows.slice(start, at);
      [start, length] = [at, 0];
    }
    length += row.text.length + 1;
  }
  yield rows.slice(start);
}

/** Imports a file piece by piece, or with `preview` only tells what would come of it. */
export async function importPeople(
  account: string, file: PeopleFile, preview: boolean, under: (done: number) => void, stopped: () => boolean,
): Promise<Imported[]> {
  const done: Imported[] = [];
  for (const piece of pieces(file)) {
    if (stopped()) break;
    try {
      const { results } = await answer(api.POST("/api/v1/accounts/{account}/import", {
        params: { path: { account }, query: preview ? { preview: "true" as const } : {} },
        body: { csv: [file.head, ...piece.map((row) => row.text)].join("\n") },
      }));
      done.push(...results.map((row) => placed(row, piece)));
    } catch (error) {
      if (preview || done.length === 0) throw error;
      const problem = words.broken((error as Error).message);
      done.push(...piece.map(({ line }) => ({ line, address: "", problem })));
      break;
    }
    under(done.length);
  }
  const rest = preview ? [] : file.rows.slice(done.length);
  return [...done, ...rest.map(({ line }) => ({ line, address: "", problem: words.notTried }))];
}

/** An answer with its line in the whole file: within a piece rows of several lines count as those. */
function placed({ line, address, ok, problem }: Row, piece: PeopleFile["rows"]): Imported {
  let own = 2;
  for (const row of piece) {
    if (own >= line) return { line: row.line, address, outcome: ok?.outcome, problem: problem?.detail };
    own += row.text.split("\n").length;
  }
  return { line: piece.at(-1)?.line ?? line, address, outcome: ok?.outcome, problem: problem?.detail };
}
