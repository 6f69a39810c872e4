import { Box, Button, Modal, SpaceBetween } from "@cloudscape-design/components";
import type { ReactNode } from "react";
import { texts } from "../texts";

/** A dialog that does something once it is told to; when that is done, only closing it is left. */
export function Dialog({ title, confirm, ready, act, close, children }: {
  title: string;
  /** What the button says that does it. */
  confirm: string;
  /** Whether it can be done yet. */
  ready: boolean;
  act: { isPending: boolean; isSuccess: boolean; mutate: () => void };
  close: () => void;
  children: ReactNode;
}) {
  return (
    <Modal
      visible
      size="medium"
      header={title}
      closeAriaLabel={texts.close}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{act.isSuccess ? texts.close : texts.cancel}</Button>
            {!act.isSuccess && (
              <Button variant="primary" disabled={!ready} loading={act.isPending} onClick={() => act.mutate()}>
                {confirm}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">{children}</SpaceBetween>
    </Modal>
  );
}

/** A dialog that only shows something. */
export function Look({ title, close, actions, children }: {
  title: string;
  close: () => void;
  /** What stands beside the button that closes it. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  const done = <Button onClick={close}>{texts.close}</Button>;
  return (
    <Modal
      visible
      size="large"
      header={title}
      closeAriaLabel={texts.close}
      onDismiss={close}
      footer={
        <Box float="right">
          {actions ? <SpaceBetween direction="horizontal" size="xs">{actions}{done}</SpaceBetween> : done}
        </Box>
      }
    >
      {children}
    </Modal>
  );
}
