// The one line at the top that says when the service is not heard: what is on the page stays.
import { hurry, useConnection } from "../data/connection";
import { useNow } from "../data/clock";
import { Button } from "../parts/button";
import { Icon } from "../parts/icon";
import { moment } from "../words/times";
import styles from "./banner.module.css";

export function Banner() {
  const connection = useConnection();
  const now = useNow();
  if (connection.state !== "lost") return null;
  return (
    <div className={styles.banner} role="status" data-banner>
      <Icon name="off" />
      <span>
        <b>The service is not heard.</b> You see {moment(new Date(connection.heardAt), now)}. It is tried again by itself
        (try {connection.tries}), and nothing is lost: executions go on without this page.
      </span>
      <span className="grow" />
      <Button isSmall onClick={hurry}>
        Try now
      </Button>
    </div>
  );
}
