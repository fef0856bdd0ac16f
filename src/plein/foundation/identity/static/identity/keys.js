/* Security keys and passkeys: what the browser has to do itself. Without scripts the other ways to log in remain. */
(() => {
  const json = window.webauthnJSON
  if (!json || !window.PublicKeyCredential) return
  const data = () => JSON.parse(document.getElementById("js_data").textContent)

  const told = (form, error) => {
    let line = form.querySelector("[data-told]")
    if (!line) {
      line = document.createElement("p")
      line.className = "notice notice--error"
      line.setAttribute("role", "alert")
      line.dataset.told = ""
      form.append(line)
    }
    line.textContent = form.dataset.failed
    console.warn(error)
  }

  const when = (form, ask) => {
    form.hidden = false
    form.querySelector("button").addEventListener("click", async () => {
      try {
        form.querySelector("[name=credential]").value = JSON.stringify(await ask())
        form.submit()
      } catch (error) {
        told(form, error)
      }
    })
  }

  for (const form of document.querySelectorAll("[data-key-login]")) {
    when(form, async () => {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } })
      if (!answer.ok) throw new Error(answer.statusText)
      return json.get((await answer.json()).request_options)
    })
  }
  for (const form of document.querySelectorAll("[data-key-use]")) when(form, () => json.get(data().request_options))
  for (const form of document.querySelectorAll("[data-key-add]")) {
    when(form, () => {
      const options = JSON.parse(JSON.stringify(data().creation_options))
      const choice = options.publicKey.authenticatorSelection
      const passkey = Boolean(form.querySelector("[name=passwordless]")?.checked)
      choice.residentKey = passkey ? "required" : "discouraged"
      choice.requireResidentKey = passkey
      if (passkey) choice.userVerification = "required"
      return json.create(options)
    })
  }
})()
