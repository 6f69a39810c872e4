import { useSearchParams } from "react-router";

/** A word of the page's address, so that a search can be linked to. */
export function useWord(name: string): [string, (value: string) => void] {
  const [words, setWords] = useSearchParams();
  const set = (value: string) => setWords((words) => {
    if (value) words.set(name, value);
    else words.delete(name);
    return words;
  }, { replace: true });
  return [words.get(name) ?? "", set];
}
