// Uploads dropped or chosen files with progress; without it the same form is sent by the browser.

function setUp(form) {
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    form.elements.files.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("accept", "application/json");
  request.upload.addEventListener("progress", (event) => show(form, event.loaded, event.total));
  request.addEventListener("load", () => finish(form, request));
  request.addEventListener("error", () => fail(form, "The upload broke off. Check that the server runs, then try again."));
  request.send(new FormData(form));
  fail(form, "");
  form.querySelector("button").disabled = true;
  form.querySelector(".progress").hidden = false;
}

function show(form, sent, total) {
  const percent = total ? Math.floor((100 * sent) / total) : 0;
  form.querySelector("progress").value = percent;
  form.querySelector(".said").textContent = `${percent}% uploaded`;
}

function finish(form, request) {
  if (request.status < 400) {
    location.assign(request.responseURL);
  } else {
    fail(form, detail(request.responseText));
  }
}

function detail(body) {
  try {
    return JSON.parse(body).detail;
  } catch {
    return "The server did not take the upload. Try again.";
  }
}

function fail(form, words) {
  const problem = form.querySelector(".problem");
  problem.textContent = words;
  problem.hidden = !words;
  form.querySelector(".progress").hidden = true;
  form.querySelector("button").disabled = false;
}

document.querySelectorAll("form[data-upload]").forEach(setUp);
