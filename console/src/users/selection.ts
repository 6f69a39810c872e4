import { useEffect, useRef, useState } from "react";
import { answer, api, type User } from "../api/client";
import type { Filters } from "./filters";

/** What is kept of somebody who was selected: there may be a million of them. */
export type Chosen = Pick<User, "id" | "address" | "status" | "invitation">;

const kept = ({ id, address, status, invitation }: User): Chosen => ({ id, address, status, invitation });

/** Which users a list shows. */
export type Shown = Filters & { search?: string };

/** Who is selected, on whichever page and under whichever search, and how to select all that a list shows. */
export function useSelection(account: string) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Chosen>>(new Map());
  const [counted, setCounted] = useState<number>();
  const [error, setError] = useState<Error>();
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);
  /** Of those on a page exactly these are selected. */
  const onPage = (page: User[], selected: User[]) => setChosen((chosen) => {
    const next = new Map(chosen);
    page.forEach(({ id }) => next.delete(id));
    selected.forEach((user) => next.set(user.id, kept(user)));
    return next;
  });
  /** Selects everybody that the list shows, page by page, until that is stopped. */
  const all = async (shown: Shown) => {
    const { signal } = stopping.current = new AbortController();
    const found = new Map(chosen);
    setError(undefined);
    setCounted(found.size);
    try {
      for (let after: string | undefined, more = true; more && !signal.aborted;) {
        const page = await answer(api.GET("/api/v1/accounts/{account}/users", {
          params: { path: { account }, query: { ...shown, after, limit: 200 } }, signal,
        }));
        page.items.forEach((user) => found.set(user.id, kept(user)));
        setCounted(found.size);
        [after, more] = [page.next ?? undefined, Boolean(page.next)];
      }
    } catch (error) {
      if (!signal.aborted) setError(error as Error);
    }
    setCounted(undefined);
    setChosen(found);
  };
  return {
    chosen, onPage, all, counted, error,
    clear: () => setChosen(new Map()),
    stop: () => stopping.current.abort(),
  };
}
