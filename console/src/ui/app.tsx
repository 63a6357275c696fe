// The whole console: who looks, the frame, and the page that the address names.
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { Provider, useSubscription } from "urql";
import { Route, Router, Switch, useLocation, useSearch } from "wouter";
import styles from "./app.module.css";
import { WaitsForMeDocument } from "./data/documents";
import { root } from "./data/place";
import { useSession } from "./data/session";
import { isKnown, useMay, ViewerContext } from "./data/viewer";
import { Banner } from "./frame/banner";
import { Boundary } from "./frame/boundary";
import { Page } from "./frame/page";
import { Rail, TabBar } from "./frame/rail";
import { SignIn } from "./frame/sign-in";
import { Home } from "./pages/home/home";
import { ButtonLink } from "./parts/button";
import { Empty, ErrorBox } from "./parts/nothing";
import { Toasts } from "./parts/toasts";

const Executions = lazy(() => import("./pages/executions/executions"));
const Approvals = lazy(() => import("./pages/approvals/approvals"));
const Workflows = lazy(() => import("./pages/workflows/workflows"));
const Workflow = lazy(() => import("./pages/workflow/workflow"));
const Compare = lazy(() => import("./pages/compare/compare"));
const Editor = lazy(() => import("./pages/editor/editor"));
const Services = lazy(() => import("./pages/services/services"));
const Nodes = lazy(() => import("./pages/nodes/nodes"));
const Bulk = lazy(() => import("./pages/bulk/bulk"));
const Activity = lazy(() => import("./pages/activity/activity"));
const Keys = lazy(() => import("./pages/keys/keys"));
const Palette = lazy(() => import("./palette/palette"));
const Execution = lazy(() => import("./pages/execution/execution"));

export function App() {
  const { client, viewer, problem, needsSignIn, again } = useSession();
  return (
    <Provider value={client}>
      <ViewerContext value={viewer}>
        <Router base={root}>
          <Framed needsSignIn={needsSignIn}>
            {isKnown(viewer) ? (
              <Bounded>
                <Pages />
              </Bounded>
            ) : (
              <Page title={needsSignIn ? "Sign in" : "Orchestrator"}>{problem && <ErrorBox title="It is not known who you are" problem={problem} onAgain={again} />}</Page>
            )}
          </Framed>
        </Router>
      </ViewerContext>
    </Provider>
  );
}

function Framed({ needsSignIn, children }: { needsSignIn: boolean; children: ReactNode }) {
  const [isSigningIn, setSigningIn] = useState(false);
  const [isJumping, setJumping] = useState(false);
  const [waiting] = useSubscription({ query: WaitsForMeDocument, pause: !useMay("EXECUTION_APPROVE") });
  const counts = { "/ui/approvals": waiting.data?.approvals.length };
  useFocusOnNewPages();
  usePaletteKey(() => setJumping(true));
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <div className={styles.app}>
        <Banner />
        <Rail counts={counts} onJump={() => setJumping(true)} onSignIn={() => setSigningIn(true)} />
        {children}
        <TabBar counts={counts} />
      </div>
      {(needsSignIn || isSigningIn) && <SignIn isNeeded={needsSignIn} onClose={() => setSigningIn(false)} />}
      {isJumping && (
        <Suspense fallback={null}>
          <Palette onClose={() => setJumping(false)} />
        </Suspense>
      )}
      <Toasts />
    </>
  );
}

/** A page that fails is given up alone, until the address is another one. */
function Bounded({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const search = useSearch();
  return <Boundary address={`${path}?${search}`}>{children}</Boundary>;
}

/** The page that the address names; none of them asks for anything before it is known who looks, and what that one may do. */
function Pages() {
  return (
    <Suspense fallback={<div />}>
      <Switch>
        <Route path="/" component={Home} />
        <Route path="/ui/executions" component={Executions} />
        <Route path="/ui/executions/:id/:area?" component={Execution} />
        <Route path="/ui/approvals/:execution?/:action?/:item?" component={Approvals} />
        <Route path="/ui/workflows" component={Workflows} />
        <Route path="/ui/workflows/new" component={Editor} />
        <Route path="/ui/workflows/:id/editor" component={Editor} />
        <Route path="/ui/workflows/:id/:area?" component={Workflow} />
        <Route path="/ui/compare" component={Compare} />
        <Route path="/ui/services" component={Services} />
        <Route path="/ui/nodes" component={Nodes} />
        <Route path="/ui/bulk/:id?" component={Bulk} />
        <Route path="/ui/activity" component={Activity} />
        <Route path="/ui/audit" component={Activity} />
        <Route path="/ui/keys" component={Keys} />
        <Route>
          <Page title="Not found">
            <Empty title="There is no such page">
              <p>The address may be of another version of the console.</p>
              <ButtonLink href="/">Home</ButtonLink>
            </Empty>
          </Page>
        </Route>
      </Switch>
    </Suspense>
  );
}

/** Who reads by ear is told of a new page by the focus on it. */
function useFocusOnNewPages(): void {
  const [path] = useLocation();
  const page = path.split("/").slice(0, 4).join("/");
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById("main")?.focus();
  }, [page]);
}

/** Opens the palette by Ctrl K, and by Command K on a Mac. */
function usePaletteKey(open: () => void): void {
  const latest = useRef(open);
  latest.current = open;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
