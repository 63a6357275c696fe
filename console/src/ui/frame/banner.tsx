// The one line at the top that says when the service is not heard: what is on the page stays.
import { useConnection } from "../data/connection";
import { useNow } from "../data/clock";
import { Icon } from "../parts/icon";
import { moment } from "../words/times";
import styles from "./banner.module.css";

export function Banner() {
  const connection = useConnection();
  const now = useNow();
  if (connection.state !== "lost") return null;
  return (
    <div className={styles.banner} role="status">
      <Icon name="off" />
      <span>
        <b>The service is not heard.</b> You see {moment(new Date(connection.heardAt), now)}. It is tried again by itself
        (try {connection.tries}), and nothing is lost: executions go on without this page.
      </span>
    </div>
  );
}
