import type { Schemas } from "../api/client";
import { words } from "../texts/details";

/** The first that is found counts: nearly all call themselves Mozilla, Chrome and Safari besides what they are. */
const browsers = [
  ["Edg", "Edge"], ["OPR/", "Opera"], ["Vivaldi/", "Vivaldi"], ["SamsungBrowser/", "Samsung Internet"],
  ["Firefox/", "Firefox"], ["FxiOS/", "Firefox"], ["Chrome/", "Chrome"], ["CriOS/", "Chrome"], ["Safari/", "Safari"],
] as const;

const systems = [
  ["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["CrOS", "ChromeOS"], ["Windows", "Windows"],
  ["Mac", "macOS"], ["Linux", "Linux"],
] as const;

/** From what a session was begun, in words that people know; it is the browser's own word. */
export function browserOf({ user_agent }: Schemas["Session"]): string {
  const known = (names: readonly (readonly [string, string])[]) =>
    names.find(([mark]) => user_agent?.includes(mark))?.[1];
  const found = [known(browsers), known(systems)].filter(Boolean).join(", ");
  return found || words.unknownBrowser;
}
