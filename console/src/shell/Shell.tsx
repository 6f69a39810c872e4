import {
  AppLayout, BreadcrumbGroup, Flashbar, SideNavigation, TopNavigation, type SideNavigationProps,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useHref, useLocation, useNavigate } from "react-router";
import { useRoles } from "../api/roles";
import { accountQuery } from "../api/account";
import { root } from "../place";
import { texts } from "../texts";
import { useBoard } from "./notices";

/** Sends the form that the pages have for it: a session is ended by POST from our own site. */
function signOut() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `${root}/signout`;
  document.body.append(form);
  form.submit();
}

/** What stands around every page: the bar on top, the pages beside this one, where one is, and what was done. */
export function Shell({ children }: { children: ReactNode }) {
  const [base, navigate, { pathname }] = [useHref("/").replace(/\/$/, ""), useNavigate(), useLocation()];
  const [open, setOpen] = useState(() => matchMedia("(min-width: 689px)").matches);
  const { said, forget } = useBoard();
  const { items, crumbs } = usePages(base, pathname);
  const title = crumbs.at(-1)?.text;
  useEffect(() => {
    document.title = title ? `${title} - ${texts.product}` : texts.product;
  }, [title]);
  const follow = (event: CustomEvent<{ href?: string; external?: boolean }>) => {
    if (!event.detail.href?.startsWith(base) || event.detail.external) return;
    event.preventDefault();
    void navigate(event.detail.href.slice(base.length) || "/");
  };
  return (
    <>
      <div id="bar">
        <TopNavigation
          identity={{ title: texts.product, href: base, onFollow: (event) => {
            event.preventDefault();
            void navigate("/");
          } }}
          utilities={[
            { type: "button", text: texts.myAccount, iconName: "user-profile", href: `${root}/me` },
            { type: "button", text: texts.signOut, onClick: signOut },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#bar"
        toolsHide
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        ariaLabels={{
          navigation: texts.navigation,
          navigationToggle: texts.openNavigation,
          navigationClose: texts.closeNavigation,
          notifications: texts.notices,
        }}
        navigation={
          <SideNavigation
            activeHref={`${base}${active(pathname)}`}
            items={items}
            onFollow={follow}
          />
        }
        breadcrumbs={<BreadcrumbGroup ariaLabel={texts.breadcrumbs} items={crumbs} onFollow={follow} />}
        notifications={
          <Flashbar items={said.map(({ id, type, text }) => ({
            id,
            type,
            content: text,
            dismissible: true,
            dismissLabel: texts.close,
            ariaRole: type === "error" ? "alert" : "status",
            onDismiss: () => forget(id),
          }))} />
        }
        content={children}
      />
    </>
  );
}

/** The address of the page in the navigation to which an address belongs. */
function active(pathname: string): string {
  const [, account] = /^\/accounts\/[^/]+\/([^/]+)/.exec(pathname) ?? [];
  return pathname.split("/").slice(0, account ? 4 : 2).join("/");
}

/** The pages that the role shows, and the way to the one that is shown. */
function usePages(base: string, pathname: string) {
  const { roles } = useRoles();
  const id = /^\/accounts\/([^/]+)/.exec(pathname)?.[1];
  const account = useQuery({ ...accountQuery(id ?? ""), enabled: id !== undefined }).data;
  const link = (text: string, path: string) => ({ type: "link" as const, text, href: `${base}${path}` });
  const items: SideNavigationProps.Item[] = [link(texts.accounts.title, "/accounts")];
  const crumbs = [{ text: texts.accounts.title, href: `${base}/accounts` }];
  const inAccount = id === undefined ? [] : [
    link(texts.usersPage.title, `/accounts/${id}/users`),
    link(texts.domains.title, `/accounts/${id}/domains`),
    link(texts.directory.title, `/accounts/${id}/directory`),
    link(texts.licenses.title, `/accounts/${id}/licenses`),
    ...(roles.allow("FullAccess", id) ? [
      link(texts.applications.title, `/accounts/${id}/applications`),
      link(texts.administrators.title, `/accounts/${id}/administrators`),
    ] : []),
    link(texts.audit.title, `/accounts/${id}/audit`),
    link(texts.settings.title, `/accounts/${id}/settings`),
  ];
  const inAll = roles.over(null) === undefined ? [] : [
    ...(roles.allow("FullAccess", null) ? [
      link(texts.applications.title, "/applications"),
      link(texts.administrators.title, "/administrators"),
    ] : []),
    link(texts.catalog.title, "/catalog"),
    link(texts.audit.title, "/audit"),
    link(texts.outbox.title, "/outbox"),
    link(texts.health.title, "/health"),
    link(texts.settings.title, "/settings"),
  ];
  const name = account?.name ?? texts.loading;
  if (inAccount.length > 0) items.push({ type: "section-group", title: name, items: inAccount });
  if (inAll.length > 0) items.push({ type: "section-group", title: texts.applicationsOfAll, items: inAll });
  if (id !== undefined) crumbs.push({ text: account?.name ?? id, href: `${base}/accounts/${id}/users` });
  const here = [...inAccount, ...inAll].find(({ href }) => href === `${base}${active(pathname)}`);
  if (here && id === undefined) crumbs.splice(0, 1, here);
  else if (here) crumbs.push(here);
  return { items, crumbs };
}
