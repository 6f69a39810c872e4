import { Alert, Box, Button, Container, ContentLayout, Header, SpaceBetween } from "@cloudscape-design/components";
import { useNavigate } from "react-router";
import type { Schemas } from "../api/client";
import { Go } from "../shell/parts";
import { texts } from "../texts/directory";

const words = texts.begin;

/** Where no directory is set up: what one does, and how to get there. */
export function Begin({ account, may }: { account: Schemas["AccountDetails"]; may: boolean }) {
  const navigate = useNavigate();
  const proved = account.domains.some((domain) => domain.verified);
  return (
    <ContentLayout header={<Header variant="h1">{texts.title}</Header>}>
      <Container header={<Header variant="h2">{words.what}</Header>}>
        <SpaceBetween size="l">
          <Box>{words.hint}</Box>
          {account.type === "EnterpriseOIDC" && <Alert type="warning">{words.otherSource}</Alert>}
          {!proved && (
            <Alert type="info">
              {words.noDomain} <Go to={`/accounts/${account.id}/domains`}>{words.toDomains}</Go>
            </Alert>
          )}
          <div>
            <Box fontWeight="bold">{words.steps}</Box>
            <ol>{words.list.map((step) => <li key={step}>{step}</li>)}</ol>
          </div>
          <Button
            variant="primary"
            disabled={!may}
            disabledReason={texts.needsFullAccess}
            onClick={() => void navigate(`/accounts/${account.id}/directory/connection`)}
          >
            {words.start}
          </Button>
          <Twin line={`carillon directory set "${account.name}" --kind active-directory --url ldaps://...`} />
        </SpaceBetween>
      </Container>
    </ContentLayout>
  );
}

/** The same by the command line. */
function Twin({ line }: { line: string }) {
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {texts.twin}: <Box variant="code" display="inline">{line}</Box>
    </Box>
  );
}
