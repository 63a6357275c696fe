// A look at one execution beside the list: how it stands, and what each of its actions came to.
import { Link } from "wouter";
import { useNow } from "../../data/clock";
import { ButtonLink, IconButton } from "../../parts/button";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { Side } from "../../parts/sheet";
import { StatusShape } from "../../parts/status";
import { inOneLine } from "../../words/failures";
import { shortId } from "../../words/ids";
import { said } from "../../words/reasons";
import { duration } from "../../words/times";
import { Head } from "../execution/head";
import { type ActionOf, actionsOf, lengthOf } from "../execution/model";
import { useShown } from "../execution/shown";
import styles from "./look.module.css";
import { addressOf } from "./row";

/** More are looked at on the page of the execution. */
const MOST_ACTIONS = 100;

interface Props {
  id: string;
  onMove: (step: number) => void;
  onClose: () => void;
}

export default function Look({ id, onMove, onClose }: Props) {
  return (
    <Side label="A look at an execution" onClose={onClose}>
      <header className={styles.top}>
        <code className="grow">{shortId(id)}</code>
        <IconButton isSmall icon="up" label="The one above" onClick={() => onMove(-1)} />
        <IconButton isSmall icon="down" label="The one below" onClick={() => onMove(1)} />
        <ButtonLink isSmall href={addressOf(id)}>
          Open
        </ButtonLink>
        <IconButton isSmall icon="x" label="Close" onClick={onClose} />
      </header>
      <div className={styles.inside}>
        {/* Nothing of one stays when another one is looked at. */}
        <Inside key={id} id={id} />
      </div>
    </Side>
  );
}

function Inside({ id }: { id: string }) {
  const { execution, asked } = useShown(id);
  if (!execution) {
    if (asked.problem) return <ErrorBox title="It did not come" problem={asked.problem} onAgain={asked.again} />;
    return asked.isAsking ? <Bones rows={5} /> : <Empty title="It is no longer there" />;
  }
  const actions = actionsOf(execution);
  const more = actions.length - MOST_ACTIONS;
  return (
    <>
      <Head execution={execution} actions={actions} />
      <ul className={styles.actions}>
        {actions.slice(0, MOST_ACTIONS).map((action) => (
          <One key={action.id} id={id} action={action} />
        ))}
      </ul>
      {more > 0 && (
        <p className={styles.more}>
          <Link className="link" href={addressOf(id)}>
            {more.toLocaleString()} more
          </Link>
        </p>
      )}
    </>
  );
}

function One({ id, action }: { id: string; action: ActionOf }) {
  const now = useNow();
  const { run, wait } = action;
  const took = lengthOf(run, now.getTime());
  const words = run?.error ? inOneLine(run.error) : wait && action.isHeld ? said(wait, now).short : action.does.words;
  return (
    <li>
      <StatusShape look={action.look} />
      <span className="grow">
        <Link className="b cut" href={`${addressOf(id)}?action=${encodeURIComponent(action.id)}`} title={action.name}>
          {action.name}
        </Link>
        <span className={`sm cut ${run?.error ? "tone-fail" : "t3"}`} title={words}>
          {words}
        </span>
      </span>
      <span className="num t2">{took !== null && duration(took)}</span>
    </li>
  );
}
