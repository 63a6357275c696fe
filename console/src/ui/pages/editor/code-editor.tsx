// A text editor for YAML and JSON. It lies in a shadow root, where its style sheet is an adopted one: the page's content
// security policy lets no style element in.
import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { type Finding, placeOf } from "./findings";

/** What can be completed at a place: the words, each with what it stands for. */
export interface Word {
  label: string;
  detail: string;
}

/** What a page does with its editor. */
export interface Handle {
  goTo: (line: number, column: number) => void;
}

interface Props {
  text: string;
  findings: readonly Finding[];
  words: readonly Word[];
  isReadOnly: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
  onRun: () => void;
  onHandle: (handle: Handle) => void;
}

const LOOKS = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--text)", fontSize: "12px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--text-3)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--press)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line-2)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--press)", color: "var(--text)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--fail-solid)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--wait-solid)" },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--c-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--c-str)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--c-num)" },
  { tag: tags.comment, color: "var(--c-com)" },
]);

const WORD = /[\w$.-]*/;

export function CodeEditor(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // What was typed and has not come back yet: while one goes on typing, what comes back is older than what stands there.
  const told = useRef<string[]>([]);

  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const readOnly = new Compartment();
    const complete = (context: CompletionContext) => {
      const word = context.matchBefore(WORD);
      if (!word || (word.from === word.to && !context.explicit)) return null;
      return { from: word.from, options: latest.current.words.map(({ label, detail }) => ({ label, detail })) };
    };
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          yaml(), // which reads JSON too
          syntaxHighlighting(COLOURS),
          autocompletion({ override: [complete] }),
          readOnly.of(EditorState.readOnly.of(latest.current.isReadOnly)),
          EditorView.contentAttributes.of({ "aria-label": "The workflow as a text", tabindex: "0" }),
          LOOKS,
          keymap.of([
            {
              key: "Mod-Enter",
              run: () => {
                latest.current.onRun();
                return true;
              },
            },
            {
              key: "Mod-s",
              run: () => {
                latest.current.onSave();
                return true;
              },
            },
            indentWithTab, // Escape, then Tab, leaves the editor
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const text = update.state.doc.toString();
            told.current.push(text);
            latest.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = editor;
    latest.current.onHandle({
      goTo: (line, column) => {
        const at = editor.state.doc.line(Math.min(line, editor.state.doc.lines));
        editor.dispatch({ selection: { anchor: at.from + placeOf(at.text, column) }, scrollIntoView: true });
        editor.focus();
      },
    });
    return () => editor.destroy();
  }, []);

  // What is put in from outside, such as a mended text, replaces what stands there.
  useEffect(() => {
    const editor = view.current;
    const place = told.current.lastIndexOf(props.text);
    told.current = told.current.slice(place + 1);
    if (place < 0 && editor && editor.state.doc.toString() !== props.text)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.text } });
  }, [props.text]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, props.findings.flatMap((finding) => located(editor, finding))));
  }, [props.findings]);

  return <div ref={host} style={{ height: "100%" }} />;
}

function located(editor: EditorView, finding: Finding): Diagnostic[] {
  const { doc } = editor.state;
  if (!finding.line || finding.line > doc.lines) return [];
  const line = doc.line(finding.line);
  const from = line.from + placeOf(line.text, finding.column ?? 1);
  const to = Math.max(from, line.from + placeOf(line.text, finding.endColumn ?? finding.column ?? 1));
  return [{ from, to, severity: finding.severity === "ERROR" ? "error" : "warning", message: finding.message }];
}
