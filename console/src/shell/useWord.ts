import { useSearchParams } from "react-router";

/** The words of the page's address, and how to set some of them or, with nothing, to take them away. */
export function useWords(): [URLSearchParams, (part: Record<string, string | undefined>) => void] {
  const [words, setWords] = useSearchParams();
  const set = (part: Record<string, string | undefined>) => setWords(() => {
    // What is shown may be a moment behind, when two are set one after the other.
    const words = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(part)) {
      if (value) words.set(name, value);
      else words.delete(name);
    }
    return words;
  }, { replace: true });
  return [words, set];
}

/** A word of the page's address, so that a search can be linked to. */
export function useWord(name: string): [string, (value: string) => void] {
  const [words, set] = useWords();
  return [words.get(name) ?? "", (value) => set({ [name]: value })];
}
