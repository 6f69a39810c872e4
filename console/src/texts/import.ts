/** The words of the dialog that imports people. */
import { texts } from "../texts";

const rows = (count: number) => (count === 1 ? "1 row" : `${texts.number(count)} rows`);

export const words = {
  title: "Import users",
  confirm: "Import",
  hint: "A CSV file whose first line names its columns: address, and if you like name and license. Everybody in it " +
    "becomes a member of an Enterprise account, or is invited to a Team. Repeating it changes nothing more. On the " +
    "command line: carillon user import.",
  example: "address,name,license",
  file: "File",
  choose: "Choose a file",
  removeFile: "Take another file",
  notCsv: "The file has no rows below its first line. Its first line names the columns, such as address,name,license.",
  rows,
  looking: (done: number, all: number) => `Looking at what will happen: ${texts.number(done)} of ${rows(all)}`,
  progress: "Progress",
  under: (done: number, all: number) => `${texts.number(done)} of ${rows(all)}`,
  would: "What will happen",
  pieces: "They are imported 1,000 at a time, and what is foreseen counts seats and mails for each thousand by " +
    "itself: where these are limited, the last thousands may be refused. The results say which were.",
  stopping: "It stops after the rows that are under way.",
  did: "What was done",
  added: (count: number) => `${rows(count)}: added as members`,
  invited: (count: number) => `${rows(count)}: invited`,
  licensed: (count: number) => `${rows(count)}: another license`,
  unchanged: (count: number) => `${rows(count)}: nothing to change`,
  refused: (count: number) => `${rows(count)} refused`,
  line: (line: number, address: string) => (address ? `Line ${line}, ${address}` : `Line ${line}`),
  shown: (rest: number) => `and ${rest} more`,
  download: "Download results",
  columns: { line: "Line", address: "Address", result: "Result" },
  broken: (why: string) => `not known: ${why}`,
  notTried: "not tried",
};
