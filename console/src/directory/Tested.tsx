import { Alert, Box, ColumnLayout, SpaceBetween, StatusIndicator } from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { texts } from "../texts/directory";

const words = texts.tested;

/** What was tried of a connection: what works, what is missing, and what to do. */
export function Tested({ steps }: { steps: Schemas["TestStep"][] }) {
  const all = steps.every((step) => step.ok);
  return (
    <SpaceBetween size="m">
      <Alert type={all ? "success" : "warning"}>{all ? words.works : words.some}</Alert>
      {steps.map((step) => (
        <ColumnLayout key={step.what} columns={2}>
          <StatusIndicator type={step.ok ? "success" : "error"}>
            {words.steps[step.what] ?? step.what}: {step.ok ? words.worked : words.missing}
          </StatusIndicator>
          <Box>{step.detail ?? ""}</Box>
        </ColumnLayout>
      ))}
    </SpaceBetween>
  );
}
