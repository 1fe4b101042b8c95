"""The pages: the public's, the window's and the desks'. They hold no arithmetic."""
