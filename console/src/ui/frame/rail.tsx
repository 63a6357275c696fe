// The rail of pages at the left; of icons alone where there is little room, and a bar at the foot of a phone.
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { at } from "../data/place";
import { useViewer } from "../data/viewer";
import { IconButton } from "../parts/button";
import { Icon } from "../parts/icon";
import { Key } from "../parts/keys";
import { Tag } from "../parts/tag";
import { GROUPS, isOpen, type PageLink } from "./pages";
import styles from "./rail.module.css";
import { turnScheme } from "./scheme";

interface Props {
  counts: Readonly<Record<string, number | undefined>>;
  onJump: () => void;
  onSignIn: () => void;
}

export function Rail({ counts, onJump, onSignIn }: Props) {
  const [path] = useLocation();
  const viewer = useViewer();
  return (
    <nav className={styles.rail} aria-label="Pages">
      <Link href="/" className={styles.brand} title="Orchestrator, Home">
        <Icon name="mark" size="l" />
        <span>Orchestrator</span>
        {viewer.isTrusted && <Tag>test</Tag>}
      </Link>
      <button type="button" className={styles.jump} title="Search or jump to" onClick={onJump}>
        <Icon name="search" />
        <span>Search or jump to</span>
        <Key>{navigator.platform.startsWith("Mac") ? "⌘ K" : "Ctrl K"}</Key>
      </button>
      {GROUPS.map((group) => (
        <div key={group.name ?? "first"}>
          {group.name && <h2>{group.name}</h2>}
          {group.pages.map((page) => (
            <RailLink key={page.path} page={page} isHere={isOpen(page, path)} count={counts[page.path]} />
          ))}
        </div>
      ))}
      <div className={styles.foot}>
        <a className={styles.link} href={at("/graphql")} title="GraphiQL">
          <Icon name="term" />
          <span>GraphiQL</span>
        </a>
        <a className={styles.link} href={at("/docs")} title="REST API">
          <Icon name="file" />
          <span>REST API</span>
        </a>
      </div>
      <div className={styles.who}>
        <button type="button" className={styles.face} onClick={onSignIn} aria-label="Sign in as somebody else" title="Sign in as somebody else">
          {(viewer.userId ?? "?").slice(0, 1).toUpperCase()}
        </button>
        <span className="grow cut">
          <span className="b">{viewer.userId ?? "nobody"}</span>
          {viewer.role && (
            <span className={styles.role}>
              {viewer.role.toLowerCase()}, {viewer.tenant}
            </span>
          )}
        </span>
        <IconButton isSmall icon="moon" label="Light or dark" onClick={turnScheme} />
      </div>
    </nav>
  );
}

function RailLink({ page, isHere, count }: { page: PageLink; isHere: boolean; count?: number }) {
  return (
    <Link href={page.path} className={styles.link} aria-current={isHere ? "page" : undefined} title={page.name}>
      <Icon name={page.icon} />
      <span>{page.name}</span>
      {count ? <span className={styles.count}>{count}</span> : null}
    </Link>
  );
}

const MOST_ON_A_PHONE = 4;

/** The pages on a phone: four, and the others behind a fifth place. */
export function TabBar({ counts }: Pick<Props, "counts">) {
  const [path] = useLocation();
  const [isMore, setMore] = useState(false);
  const pages = GROUPS.flatMap((group) => group.pages);
  const first = pages.slice(0, MOST_ON_A_PHONE);
  const rest = pages.slice(MOST_ON_A_PHONE);
  return (
    <nav className={styles.tabbar} aria-label="Pages">
      {first.map((page) => (
        <Link key={page.path} href={page.path} aria-current={isOpen(page, path) ? "page" : undefined}>
          <Icon name={page.icon} size="l" />
          {page.short ?? page.name}
          {counts[page.path] ? <span className={styles.count}>{counts[page.path]}</span> : null}
        </Link>
      ))}
      <button type="button" aria-expanded={isMore} onClick={() => setMore(!isMore)}>
        <Icon name="menu" size="l" />
        More
      </button>
      {isMore && (
        <div className={styles.more} onClick={() => setMore(false)}>
          {rest.map((page) => (
            <Link key={page.path} href={page.path} className={styles.link}>
              <Icon name={page.icon} />
              {page.name}
            </Link>
          ))}
          <a className={styles.link} href={at("/graphql")}>
            <Icon name="term" />
            GraphiQL
          </a>
          <a className={styles.link} href={at("/docs")}>
            <Icon name="file" />
            REST API
          </a>
          <button type="button" className={styles.link} onClick={turnScheme}>
            <Icon name="moon" />
            Light or dark
          </button>
        </div>
      )}
    </nav>
  );
}
