import { createContext, useContext } from "react";

/** What is said on top of the page after something was done. */
export interface Notice {
  type: "success" | "error" | "warning";
  text: string;
}

/** What is said now, and how to say more. */
export interface Board {
  said: (Notice & { id: string })[];
  say: (notice: Notice) => void;
  forget: (id: string) => void;
}

/** Where every page finds the board. */
export const BoardContext = createContext<Board>({ said: [], say: () => {}, forget: () => {} });

/** The board of notices. */
export const useBoard = () => useContext(BoardContext);
