// Services: what workflows call, whether it answers, and what waits for it.
import { useAsked } from "../../data/asking";
import { useNow } from "../../data/clock";
import { ServicesDocument, type ServicesQuery } from "../../data/documents";
import { useEvery } from "../../data/every";
import { Page } from "../../frame/page";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { Meter } from "../../parts/meter";
import { Note } from "../../parts/note";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { StatusShape } from "../../parts/status";
import { Table } from "../../parts/table";
import { Tag } from "../../parts/tag";
import { Took } from "../../parts/time";
import type { Look } from "../../words/executions";
import { moment, roughly } from "../../words/times";
import styles from "./services.module.css";
import { TryNow } from "./try-now";

type Service = NonNullable<ServicesQuery["services"]>["nodes"][number];

const EVERY_MS = 10_000;

function lookOf({ gate, maxConcurrency }: Service): Look {
  if (gate.circuit === "OPEN") return { shape: "s-stuck", tone: "wait", word: "Left alone" };
  if (gate.circuit === "HALF_OPEN") return { shape: "s-wait", tone: "wait", word: "Trying one call" };
  if (gate.running >= maxConcurrency) return { shape: "s-wait", tone: "wait", word: "Full" };
  return { shape: "s-ok", tone: "ok", word: "Answers" };
}

function breaker({ gate, maxConcurrency }: Service, now: Date): string {
  if (gate.circuit === "HALF_OPEN") return "Half open, trying one call";
  if (gate.circuit === "CLOSED") return gate.running >= maxConcurrency ? "Closed, full" : "Closed";
  const left = gate.openUntil ? new Date(gate.openUntil).getTime() - now.getTime() : 0;
  return left > 0 ? `Open, one call in ${roughly(left)}` : "Open";
}

export default function Services() {
  const asked = useAsked(ServicesDocument, {});
  useEvery(EVERY_MS, asked.again);
  const now = useNow();
  const services = asked.data?.services?.nodes ?? [];
  const health = asked.data?.health;
  const open = services.filter((service) => service.gate.circuit === "OPEN");
  return (
    <Page title="Services" aside="as this node sees them, asked every 10 s" deeds={<CallButton call={() => ({ document: ServicesDocument as never, variables: {} })} />}>
      <div className={styles.page}>
        {asked.problem && <ErrorBox title="The services did not come" problem={asked.problem} onAgain={asked.again} />}
        {!asked.data && asked.isAsking && <Bones />}
        {open.map((service) => (
          <Note
            key={service.name}
            tone="wait"
            icon="circuit"
            title={`${service.name} is left alone${service.gate.openUntil ? ` until ${moment(new Date(service.gate.openUntil), now)}` : ""}`}
          >
            {service.gate.consecutiveFailures} calls failed in a row. Then one call goes through; if it is answered, all go on by themselves.
          </Note>
        ))}
        {asked.data && (
          <Card title="Services">
            {services.length === 0 && <Empty title="No service is registered">Workflows call what an operator or an admin registers by name.</Empty>}
            {services.length > 0 && (
              <Table
                label="Services"
                rows={services}
                keyOf={(service) => `${service.source} ${service.name}`}
                columns={[
                  { name: "State", isMark: true, cell: (service) => <StatusShape look={lookOf(service)} /> },
                  {
                    name: "Service",
                    cell: (service) => (
                      <>
                        <span className="b">{service.name}</span> <code className="t3">{service.url?.replace(/^https?:\/\//, "")}</code>{" "}
                        {service.isOverridden && <Tag isOutlined>the operator's is called</Tag>}
                      </>
                    ),
                  },
                  { name: "Breaker", isPlain: true, cell: (service) => breaker(service, now) },
                  {
                    name: "Calls under way",
                    isPlain: true,
                    width: 190,
                    cell: (service) => (
                      <Meter used={service.gate.running} of={service.maxConcurrency} tone={service.gate.running >= service.maxConcurrency ? "wait" : "run"} />
                    ),
                  },
                  { name: "In line", isNumber: true, width: 70, cell: (service) => service.gate.waiting || "" },
                  { name: "Failed in a row", isNumber: true, isExtra: true, width: 110, cell: (service) => service.gate.consecutiveFailures || "" },
                  {
                    name: "By hand",
                    width: 150,
                    isPlain: true,
                    // A circuit that is closed has nothing to be tried.
                    cell: (service) =>
                      service.gate.circuit !== "CLOSED" && (
                        <TryNow name={service.name} circuit={service.gate.circuit} isOverridden={service.isOverridden} onDone={asked.again} />
                      ),
                  },
                ]}
              />
            )}
          </Card>
        )}
        {health && (
          <Card title="The service itself" aside={health.version}>
            <dl className={styles.facts}>
              <div>
                <dt>State</dt>
                <dd>{health.status.toLowerCase()}</dd>
              </div>
              <div>
                <dt>Database</dt>
                <dd>{word(health.services.database)}</dd>
              </div>
              <div>
                <dt>Redis</dt>
                <dd>{word(health.services.redis)}</dd>
              </div>
              <div>
                <dt>Wake-ups</dt>
                <dd>{word(health.services.wakeUps)}</dd>
              </div>
              <div>
                <dt>Up for</dt>
                <dd>
                  <Took milliseconds={health.metrics.uptimeSeconds * 1000} />
                </dd>
              </div>
              <div>
                <dt>Live</dt>
                <dd>{health.metrics.activeExecutions ?? "–"}</dd>
              </div>
              <div>
                <dt>Queued</dt>
                <dd>{health.metrics.queuedExecutions ?? "–"}</dd>
              </div>
              {Boolean(health.metrics.setAsideExecutions) && (
                <div>
                  <dt>Set aside</dt>
                  <dd>{health.metrics.setAsideExecutions}</dd>
                </div>
              )}
            </dl>
          </Card>
        )}
      </div>
    </Page>
  );
}

const word = (state: string): string => state.toLowerCase().replaceAll("_", " ");
