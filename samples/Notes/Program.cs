return Notes.NotesApp.Run(args, Console.Out, Console.Error);
