import {
  Alert, Box, Button, Header, Link, SpaceBetween, Spinner, StatusIndicator,
} from "@cloudscape-design/components";
import type { ReactNode } from "react";
import { useHref, useNavigate } from "react-router";
import { Refused } from "../api/client";
import { texts } from "../texts";

/** A link to another page of the console. */
export function Go({ to, children }: { to: string; children: ReactNode }) {
  const [href, navigate] = [useHref(to), useNavigate()];
  return (
    <Link href={href} onFollow={(event) => {
      event.preventDefault();
      void navigate(to);
    }}>
      {children}
    </Link>
  );
}

/** While something is asked for. */
export function Waiting() {
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" /> <Box variant="span" color="text-body-secondary">{texts.loading}</Box>
    </Box>
  );
}

/** What went wrong, and how to try again. */
export function Failure({ error, again }: { error: Error; again?: () => void }) {
  const request = error instanceof Refused ? error.problem.request : undefined;
  return (
    <Alert type="error" header={texts.failed} action={again && <Button onClick={again}>{texts.retry}</Button>}>
      {error.message} {request && <Box variant="small">{texts.request(request)}</Box>}
    </Alert>
  );
}

/** Where there is nothing: what would be here, and perhaps what to do. */
export function Nothing({ title, hint, heading, children }: {
  title: string;
  hint: string;
  /** It is the page's only heading. */
  heading?: boolean;
  children?: ReactNode;
}) {
  return (
    <Box textAlign="center" padding={{ vertical: "l" }}>
      <SpaceBetween size="s">
        {heading ? <Header variant="h1">{title}</Header> : <Box fontWeight="bold">{title}</Box>}
        <Box color="text-body-secondary">{hint}</Box>
        {children}
      </SpaceBetween>
    </Box>
  );
}

/** A time in the viewer's zone. */
export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <>-</>;
  return <time dateTime={at}>{moment.format(new Date(at))}</time>;
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Yes or no by sign and word. */
export function YesNo({ yes }: { yes: boolean }) {
  return <StatusIndicator type={yes ? "success" : "stopped"}>{yes ? texts.yes : texts.no}</StatusIndicator>;
}
