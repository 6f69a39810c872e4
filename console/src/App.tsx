import { lazy, Suspense } from "react";
import { Navigate, Route, Routes } from "react-router";
import { useRoles } from "./api/roles";
import { Shell } from "./shell/Shell";
import { Failure, Nothing, Waiting } from "./shell/parts";
import { texts } from "./texts";

const Accounts = lazy(() => import("./pages/Accounts"));
const Users = lazy(() => import("./pages/Users"));
const Details = lazy(() => import("./pages/Details"));
const Domains = lazy(() => import("./pages/Domains"));
const Domain = lazy(() => import("./pages/Domain"));
const Licenses = lazy(() => import("./pages/Licenses"));
const Catalog = lazy(() => import("./pages/Catalog"));
const Applications = lazy(() => import("./pages/Applications"));
const Directory = lazy(() => import("./pages/Directory"));
const DirectoryConnection = lazy(() => import("./pages/DirectoryConnection"));
const DirectoryRun = lazy(() => import("./pages/DirectoryRun"));
const Application = lazy(() => import("./pages/Application"));
const NewApplication = lazy(() => import("./pages/NewApplication"));
const Administrators = lazy(() => import("./pages/Administrators"));
const Settings = lazy(() => import("./pages/Settings"));
const DeploymentSettings = lazy(() => import("./pages/DeploymentSettings"));
const Audit = lazy(() => import("./pages/Audit"));
const Outbox = lazy(() => import("./pages/Outbox"));
const Health = lazy(() => import("./pages/Health"));

/** The pages by their addresses. */
export function App() {
  const { roles, data, isPending, error, refetch } = useRoles();
  if (isPending) return <Shell><Waiting /></Shell>;
  // What was known before goes on being shown when it cannot be asked for again.
  if (error && !data) return <Shell><Failure error={error} again={() => void refetch()} /></Shell>;
  if (roles.none) return <Shell><Nothing title={texts.noRole} hint={texts.noRoleHint} heading /></Shell>;
  return (
    <Shell>
      <Suspense fallback={<Waiting />}>
        <Routes>
          <Route index element={<Navigate to="/accounts" replace />} />
          <Route path="accounts" element={<Accounts />} />
          <Route path="accounts/:account" element={<Navigate to="users" replace />} />
          <Route path="accounts/:account/users" element={<Users />} />
          <Route path="accounts/:account/users/:user" element={<Details />} />
          <Route path="accounts/:account/domains" element={<Domains />} />
          <Route path="accounts/:account/domains/:domain" element={<Domain />} />
          <Route path="accounts/:account/directory" element={<Directory />} />
          <Route path="accounts/:account/directory/connection" element={<DirectoryConnection />} />
          <Route path="accounts/:account/directory/runs/:run" element={<DirectoryRun />} />
          <Route path="accounts/:account/licenses" element={<Licenses />} />
          <Route path="accounts/:account/applications" element={<Applications />} />
          <Route path="accounts/:account/applications/new" element={<NewApplication />} />
          <Route path="accounts/:account/applications/:application" element={<Application />} />
          <Route path="accounts/:account/administrators" element={<Administrators />} />
          <Route path="accounts/:account/settings" element={<Settings />} />
          <Route path="accounts/:account/audit" element={<Audit />} />
          <Route path="catalog" element={<Catalog />} />
          <Route path="applications" element={<Applications />} />
          <Route path="applications/new" element={<NewApplication />} />
          <Route path="applications/:application" element={<Application />} />
          <Route path="administrators" element={<Administrators />} />
          <Route path="settings" element={<DeploymentSettings />} />
          <Route path="audit" element={<Audit />} />
          <Route path="outbox" element={<Outbox />} />
          <Route path="health" element={<Health />} />
          <Route path="*" element={<Nothing title={texts.unknownPage} hint={texts.unknownPageHint} heading />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}
