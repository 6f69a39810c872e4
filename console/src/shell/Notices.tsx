import { useMemo, useState, type ReactNode } from "react";
import { BoardContext, type Board } from "./notices";

/** Ids of notices; browsers make random ones only where TLS is. */
let next = 0;

/** Keeps what is said until it is closed. */
export function Notices({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<Board["said"]>([]);
  const board = useMemo(() => ({
    said,
    say: (notice: Parameters<Board["say"]>[0]) => setSaid((said) => [{ ...notice, id: String(next++) }, ...said]),
    forget: (id: string) => setSaid((said) => said.filter((one) => one.id !== id)),
  }), [said]);
  return <BoardContext value={board}>{children}</BoardContext>;
}
