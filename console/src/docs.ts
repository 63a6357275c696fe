// Mounts Swagger UI on the page: the REST API's description, with operations to try out.
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import SwaggerUI, { type Description } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { DEMO_USER } from "./user";

// The description names one address; what is tried out here goes to the address that the page came from, whichever
// that is, because the page's policy allows no other.
const ownAddress = {
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update: (description: Description) => unknown) => (description: Description) =>
          update({ ...description, servers: [{ url: new URL(".", window.location.href).href.replace(/\/$/, "") }] }),
      },
    },
  },
};

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const followTheSystem = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followTheSystem);
followTheSystem();

const ui = SwaggerUI({
  dom_id: "#docs",
  url: "openapi.json",
  plugins: [ownAddress],
  // Elsewhere than in the test environment "Authorize" takes a token, which the service prefers to this.
  onComplete: () => ui.preauthorizeApiKey("userId", DEMO_USER),
  // Credentials end with the page.
  persistAuthorization: false,
  // The badge would send the description's address to another host.
  validatorUrl: null,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  deepLinking: true,
  // The schemas are shown with the operations that use them; in full they would bury the list.
  defaultModelsExpandDepth: 0,
});
