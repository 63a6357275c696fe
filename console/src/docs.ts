// Mounts Swagger UI on the page: the REST API's description, with operations to try out.
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import SwaggerUI, { type Description } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { FILLED_IN, fillIn } from "./docs-examples";
import { DEMO_USER } from "./user";

const ADDRESS = new URL(".", window.location.href).href.replace(/\/$/, "");

// The description names one address; what is tried out here goes to the address that the page came from, whichever
// that is, because the page's policy allows no other.
const ofThisPage = {
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update: (description: Description) => unknown) => (description: Description) =>
          update({
            ...description,
            info: { ...description.info, description: `${description.info.description}\n\n${FILLED_IN}` },
            servers: [{ url: ADDRESS }],
          }),
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
  plugins: [ofThisPage],
  requestInterceptor: fillIn,
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
