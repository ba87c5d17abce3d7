--- A command outside the grammar is answered NO, although BAD is the word for it.
return behaviour {
  name  = "error-syntax-no",
  point = "error.word",
  cites = "R3501-7.1.3",

  error = function(session, by)
    if by.syntax then return NO "Not understood" end
  end,
}
