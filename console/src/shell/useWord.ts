import { useSearchParams } from "react-router";

/** The words of the page's address now: what is shown may be a moment behind, when two are set one after the other. */
export const addressed = () => new URLSearchParams(location.search);

/** A word of the page's address, so that a search can be linked to. */
export function useWord(name: string): [string, (value: string) => void] {
  const [words, setWords] = useSearchParams();
  const set = (value: string) => setWords(() => {
    const words = addressed();
    if (value) words.set(name, value);
    else words.delete(name);
    return words;
  }, { replace: true });
  return [words.get(name) ?? "", set];
}
