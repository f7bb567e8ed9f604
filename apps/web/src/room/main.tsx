/** Starts the room. */
import "./theme.css";
import "./ui/ui.css";
import "./shell/shell.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { makeQueryClient } from "./client/query-client.ts";

const place = document.getElementById("room");
if (place === null) throw new Error("expected an element #room in the page, received none; build the page again");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={makeQueryClient()}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
