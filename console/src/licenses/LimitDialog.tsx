import { Box, FormField, Input, RadioGroup } from "@cloudscape-design/components";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { PreviewDialog } from "../shell/PreviewDialog";
import { useSettled } from "../shell/useSettled";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";

const words = licenses.limit;

/** Sets how many may hold a license, and says before who gets it by that. */
export function LimitDialog({ account, seats, close }: {
  account: string;
  seats: Schemas["SeatsOf"];
  close: () => void;
}) {
  const { license } = seats;
  const [limited, setLimited] = useState(seats.limit != null);
  const [typed, setTyped] = useState(String(seats.limit ?? seats.used));
  const settled = useSettled(typed.trim());
  const whole = /^\d{1,9}$/.test(settled);
  const limit = limited ? Number(settled) : null;
  const same = limit === (seats.limit ?? null);
  const ask = (query: { preview?: "true" }) => answer(api.PUT("/api/v1/accounts/{account}/seats/{license}", {
    params: { path: { account, license }, query },
    body: { limit },
  }));
  const said = limit === null ? words.none : texts.number(limit);
  return (
    <PreviewDialog<Schemas["SeatLimit"]>
      title={words.title(texts.license[license])}
      confirm={words.confirm}
      name={["seats", account, license, limit]}
      ready={(!limited || (whole && settled === typed.trim())) && !same}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={(then) => <Meaning now={seats} then={then} />}
      done={words.done(texts.license[license], said)}
      close={close}
    >
      <FormField label={words.how}>
        <RadioGroup
          value={limited ? "most" : "none"}
          onChange={({ detail }) => setLimited(detail.value === "most")}
          items={[{ value: "none", label: words.none }, { value: "most", label: words.most }]}
        />
      </FormField>
      {limited && (
        <FormField label={words.count} errorText={whole ? undefined : words.wrong}>
          <Input value={typed} inputMode="numeric" onChange={({ detail }) => setTyped(detail.value)} />
        </FormField>
      )}
      {same && <Box>{words.stays}</Box>}
    </PreviewDialog>
  );
}

/** What a limit means for who has the license and who waits. */
function Meaning({ now, then }: { now: Schemas["SeatsOf"]; then: Schemas["SeatLimit"] }) {
  // Without a limit nobody waits any more.
  const used = then.used ?? now.used + now.waiting;
  const over = then.limit == null ? 0 : used - then.limit;
  return (
    <ul>
      {used > now.used && <li>{words.served(used - now.used)}</li>}
      <li>{words.holds(used)}</li>
      {over > 0 && <li>{words.over(over)}</li>}
      {then.left != null && <li>{then.left > 0 ? words.left(then.left) : words.full}</li>}
    </ul>
  );
}
