import { StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient, type QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { texts } from "../texts";
import { Dialog } from "./Dialog";
import { useBoard } from "./notices";
import { Failure } from "./parts";

interface Props<T> {
  title: string;
  /** What the button says that does it. */
  confirm: string;
  /** Names the change; another name is another change, of which a preview is made anew. */
  name: QueryKey;
  /** Whether it is known what is to be done. */
  ready?: boolean;
  /** Asks what would come of it. */
  preview: () => Promise<T>;
  /** Does it. */
  perform: () => Promise<unknown>;
  /** What will happen, in words. */
  foreseen: (answer: T) => ReactNode;
  /** What is said when it was done. */
  done: string;
  /** What to do about a refusal, beside what the refusal itself says. */
  help?: (error: Error) => ReactNode;
  /** What is shown of a refusal that is part of the task; nothing for all others, which are shown as failures. */
  instead?: (error: Error) => ReactNode;
  close: (done: boolean) => void;
  children?: ReactNode;
}

/** A dialog that says what a change will do before it is made. What was refused cannot be confirmed. */
export function PreviewDialog<T>(props: Props<T>) {
  const { title, confirm, name, ready = true, preview, perform, foreseen } = props;
  const { done, help, instead, close, children } = props;
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const act = useMutation({
    mutationFn: perform,
    onSuccess: async () => {
      say({ type: "success", text: done });
      close(true);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "preview" });
    },
  });
  const asked = useQuery({
    queryKey: ["preview", ...name],
    queryFn: preview,
    enabled: ready && !act.isPending && !act.isSuccess,
    staleTime: 0,
    gcTime: 0,
    // What was read is what is confirmed: it does not change under the hand.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const refused = act.error ?? asked.error;
  const shown = ready && !asked.isFetching ? refused : null;
  const foreknown = ready && asked.isSuccess && !asked.isFetching;
  return (
    <Dialog title={title} confirm={confirm} ready={foreknown} act={act} close={() => close(false)}>
      {children}
      {ready && asked.isFetching && <StatusIndicator type="loading">{texts.checking}</StatusIndicator>}
      {foreknown && foreseen(asked.data)}
      {shown && (instead?.(shown) || <Failure error={shown} again={() => {
        act.reset();
        void asked.refetch();
      }} />)}
      {shown && help?.(shown)}
    </Dialog>
  );
}
