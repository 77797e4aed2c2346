/* Where the agent app starts. */
import { createRoot } from "react-dom/client";
import "../ui/tokens.css";
import en from "../ui/messages/en.json";

const root = document.getElementById("root");
if (root) createRoot(root).render(<h1>{String(en["app.name"])}</h1>);
