--- RFC 2971 3: whatever the client says about itself, or nothing: the same replies, capabilities and service.
local ids = {
  false, "ID NIL", "ID ()", "ID (\"name\" \"Thunderbird\" \"version\" \"115.0\")", "ID (\"name\" \"iPhone Mail\" \"version\" \"20A\" \"os\" \"iOS\")",
  "ID (\"name\" \"Microsoft Outlook\" \"version\" \"16.0\")", "ID (\"name\" \"sp4mb0t\" \"vendor\" \"nobody\" \"support-url\" \"http://example.invalid/\")",
  "ID (\"NAME\" \"thunderbird\")",
}
local plays = {}
for i, id in ipairs(ids) do
  plays[i] = "@open C1 login=no\n" .. (id and "C1: " .. id .. "\n" or "") .. [=[
    C1: CAPABILITY
    C1: LOGIN $user(1) $pass(1)
    C1: CAPABILITY
    C1: CREATE FOO
    C1: APPEND FOO (\Flagged) {43}
      | Subject: one
      | From: a@example.org
      |
      | text
      |
    C1: SELECT FOO
    C1: SEARCH ALL
    C1: SEARCH SUBJECT one
    C1: FETCH 1 (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])
    C1: STORE 1 +FLAGS (\Deleted)
    C1: EXPUNGE
    C1: CLOSE
    C1: LOGOUT
  ]=]
end
return scenario {
  name = "id-same-service",
  cites = "ID-3-c ID-3-d ID-3-e ID-3-g ID-3-i",
  needs = "ID",
  must = true,
  compare = "all",
  play = plays,
}
