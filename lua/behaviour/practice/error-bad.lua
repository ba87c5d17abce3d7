--- A command that cannot be understood, or not now, is answered BAD.
return behaviour {
  name  = "error-bad",
  point = "error.word",
  cites = "R3501-7.1.3",

  error = function(session, by) return BAD "Error in command" end,
}
