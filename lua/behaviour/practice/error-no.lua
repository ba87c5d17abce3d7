--- A command in the wrong state, or one that is not offered, is answered NO; one outside the grammar BAD.
return behaviour {
  name  = "error-no",
  point = "error.word",
  cites = "R3501-7.1.2 R3501-3",

  error = function(session, by)
    if not by.syntax then return NO "Not now" end
  end,
}
