// Opens the evidence of a claim beside the text; without it the links lead there all the same.

function open(hash) {
  const target = hash.startsWith("#evidence-") && document.getElementById(hash.slice(1));
  if (!target) return;
  for (const one of document.querySelectorAll(".evidence details")) one.open = one.contains(target);
  for (const claim of document.querySelectorAll(".claim")) {
    claim.ariaCurrent = claim.hash === hash ? "true" : null;
  }
  target.focus({ preventScroll: true });
  target.closest("details").scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const claim = event.target.closest("a.claim");
  if (!claim || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(null, "", claim.hash);
  open(claim.hash);
});

window.addEventListener("hashchange", () => open(location.hash));
open(location.hash);
