import { useState } from "react";
import type { Account } from "../api/client";
import type { Tagged } from "../api/tagged";

/** Values that are typed before they are saved, and the state of the account from which that began. */
export interface Drafted<T> {
  draft: T;
  begun: Tagged<Account>;
  /** Whether nothing was typed yet. */
  same: boolean;
  change: (part: Partial<T>) => void;
  /** Begins anew from a state: what was saved, or what is there. */
  settle: (from: Tagged<Account>) => void;
}

/** A form about an account. What changes there meanwhile is shown, unless something was typed: that stays. */
export function useDraft<T extends object>(found: Tagged<Account>, of: (account: Account) => T): Drafted<T> {
  const [begun, setBegun] = useState(found);
  const [draft, setDraft] = useState(() => of(found.body));
  const same = JSON.stringify(draft) === JSON.stringify(of(begun.body));
  const settle = (from: Tagged<Account>) => {
    setBegun(from);
    setDraft(of(from.body));
  };
  if (same && found.tag !== begun.tag) settle(found);
  return { draft, begun, same, change: (part) => setDraft((draft) => ({ ...draft, ...part })), settle };
}
