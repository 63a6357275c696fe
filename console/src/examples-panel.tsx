// The side panel with the example operations: a click opens one in a tab, with the ids that were answered last.
import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { useEffect } from "react";
import { type Example, GROUPS } from "./examples";
import { fillIn } from "./ids";
import { filledFromTheService } from "./ids-of-the-tour";

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5h6a2 2 0 0 1 2 2v13a2 2 0 0 0-2-2H4zM20 5h-6a2 2 0 0 0-2 2v13a2 2 0 0 1 2-2h6z" />
    </svg>
  );
}

/** What GraphiQL otherwise finds out a moment later: too late for whoever executes at once. */
function factsOf(query: string) {
  const documentAST = parse(query);
  const operations = documentAST.definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  return { documentAST, operations, operationName: operations[0]?.name?.value };
}

function Panel() {
  const { addTab, setOperationFacts, stop } = useGraphiQLActions();
  const query = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  const isReady = useGraphiQL((state) => Boolean(state.queryEditor && state.variableEditor && state.responseEditor));
  // What an example says of itself is wider than the editor, and is not to be cut off.
  useEffect(() => query?.updateOptions({ wordWrap: "on" }), [query]);
  const open = async (example: Example) => {
    // Else the button would only stop what is still watched, and run the example at its second click.
    stop();
    const present = query?.getValue() ?? "";
    // What was written or changed stays in its tab; an example that is already in front only gets the newest ids.
    if (present.trim() && present !== example.query) addTab();
    query?.setValue(example.query);
    const known = fillIn(example.variables);
    variables?.setValue(known);
    setOperationFacts(factsOf(example.query));
    // Who executes at once is not kept waiting: what is sent has its ids filled in too.
    const filled = await filledFromTheService(known);
    if (variables?.getValue() === known) variables.setValue(filled.variables);
  };
  return (
    <section aria-label="Examples" className="console-panel">
      <h2>Examples</h2>
      <p>From top to bottom they are a tour. Ids that an operation answered are filled in where the next one asks; on a later visit, those that the tour left.</p>
      {GROUPS.map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          {group.examples.map((example) => (
            <button
              key={example.title}
              type="button"
              title={example.description}
              disabled={!isReady}
              onClick={() => void open(example)}
            >
              {example.title}
            </button>
          ))}
        </section>
      ))}
    </section>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: "Examples", icon: Icon, content: Panel };
