// Mounts the console on its page.
import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { showScheme } from "./frame/scheme";
import { installIcons } from "./parts/icon";

const place = document.getElementById("console");
if (!place) throw new Error("ui.html has no element with the id `console`");

showScheme();
installIcons();
createRoot(place).render(<App />);
