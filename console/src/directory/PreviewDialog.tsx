import { Alert, Box, Button, Checkbox, Modal, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { Failure } from "../shell/parts";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";
import { Foreseen } from "./Foreseen";
import { Problem } from "./Problem";
import { previewQuery, type Proposed } from "./queries";

const words = texts.preview;

/** What is done once it was looked at. */
export interface Then {
  title: string;
  confirm: string;
  /** Whether somebody must say that they looked when the brake stops it; else a run asks later. */
  agree: boolean;
  act: (agreed: Schemas["DirectoryAgreed"]) => Promise<unknown>;
  done: () => void;
}

/** Says what a directory would lead to, and does something about it once that was looked at. */
export function PreviewDialog({ account, proposed, then, close, outdated }: {
  account: string;
  proposed: Proposed;
  then?: Then;
  close: () => void;
  /** Loads anew what somebody else has changed meanwhile. */
  outdated?: () => void;
}) {
  // Which preview was agreed to, by when it was made: another one is agreed to anew.
  const [agreedTo, setAgreedTo] = useState<number>();
  const preview = useQuery(previewQuery(account, proposed));
  const seen = preview.isFetching || preview.error ? undefined : preview.data;
  const agreed = agreedTo === preview.dataUpdatedAt;
  const act = useMutation({
    mutationFn: (asks: Schemas["DirectoryAgreed"]) => then?.act(asks) ?? Promise.resolve(),
    onSuccess: () => then?.done(),
  });
  const asks = seen?.stopped ?? false;
  const ready = seen !== undefined && (!asks || !then?.agree || agreed);
  return (
    <Modal
      visible
      size="large"
      header={then?.title ?? words.title}
      closeAriaLabel={common.close}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{then ? common.cancel : common.close}</Button>
            {then && (
              <Button
                variant="primary"
                disabled={!ready}
                loading={act.isPending}
                onClick={() => seen && act.mutate(seen.asks)}
              >
                {then.confirm}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {act.error && (
          <Problem error={act.error} account={account} load={() => {
            outdated?.();
            close();
          }} />
        )}
        {preview.isFetching && <StatusIndicator type="loading">{words.reading}</StatusIndicator>}
        {preview.error && !preview.isFetching && (
          <Failure error={preview.error} again={() => void preview.refetch()} />
        )}
        {seen && <Foreseen account={account} preview={seen} />}
        {asks && then && <Alert type="warning">{then.agree ? words.brakeConnect : words.brakeSave}</Alert>}
        {asks && then?.agree && seen && (
          <Checkbox checked={agreed} onChange={({ detail }) => (
            setAgreedTo(detail.checked ? preview.dataUpdatedAt : undefined)
          )}>
            {words.agree(seen.asks.into, seen.asks.out)}
          </Checkbox>
        )}
      </SpaceBetween>
    </Modal>
  );
}
